operator  life 1 begins
user      a user creates FlinkDeployment orders
user      30 s pass
status    FlinkDeployment orders is CREATED
operator  firstDeploy: suspended from birth: nothing is deployed until it is set running
user      a user edits the spec: running
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
            event JobStatusChanged: Job status changed from CREATED to RUNNING
