operator  life 1 begins
user      a user creates FlinkDeployment orders
world     … until the job runs as wanted
status    FlinkDeployment orders is UPGRADING
operator  firstDeploy: first deployment → create Deployment orders, apply Service orders, apply Service orders-rest, apply ConfigMap flink-config-orders, apply ConfigMap autoscaler-orders
            event Submit: Starting deployment
status    FlinkDeployment orders is DEPLOYED
operator  continueOperation: the cluster is created
flink     JobManager orders-pod leads
flink     job id-1 starts empty (submission)
            event JobStatusChanged: Job status changed from RECONCILING to INITIALIZING
flink     job id-1 is CREATED
            event JobStatusChanged: Job status changed from INITIALIZING to CREATED
flink     job id-1 is RUNNING
status    FlinkDeployment orders is STABLE
user      … until 1 more checkpoint is complete
            event JobStatusChanged: Job status changed from CREATED to RUNNING
user      a TaskManager pod is deleted
user      3 s pass
flink     job id-1 is RESTARTING
            event JobStatusChanged: Job status changed from RUNNING to RESTARTING
            event JobException: org.apache.flink.util.FlinkException: TaskManager lost
flink     job id-1 is RUNNING
            event JobStatusChanged: Job status changed from RESTARTING to CREATED
world     … until the job runs as wanted
            event JobStatusChanged: Job status changed from CREATED to RUNNING
