operator  life 1 begins
user      a user creates FlinkDeployment orders
world     … until the job runs as wanted
status    FlinkDeployment orders is UPGRADING
operator  firstDeploy: first deployment → create Deployment orders, apply Service orders, apply Service orders-rest, apply ConfigMap flink-config-orders, apply Deployment orders-taskmanager, apply ConfigMap autoscaler-orders
            event Submit: Starting deployment
status    FlinkDeployment orders is DEPLOYED
operator  continueOperation: the cluster is created
flink     JobManager orders-pod leads
flink     job id-1 starts empty (submission)
flink     job id-1 is CREATED
flink     job id-1 is RUNNING
status    FlinkDeployment orders is STABLE
user      … until 1 more checkpoint is complete
            event JobStatusChanged: Job status changed from RECONCILING to RUNNING
user      a TaskManager pod is deleted
user      3 s pass
flink     job id-1 is RESTARTING
flink     job id-1 is RUNNING
world     … until the job runs as wanted
