operator  life 1 begins
user      a user creates FlinkDeployment orders
world     … until the session cluster is ready
status    FlinkDeployment orders is UPGRADING
operator  firstDeploy: first deployment → create Deployment orders, apply Service orders, apply Service orders-rest, apply ConfigMap flink-config-orders
status    FlinkDeployment orders is DEPLOYED
operator  continueOperation: the cluster is created
flink     JobManager orders-pod leads
status    FlinkDeployment orders is STABLE
user      a user creates FlinkSessionJob clicks
world     … until it is FINISHED
status    FlinkSessionJob clicks is UPGRADING
flink     job id-1 starts empty (submission)
flink     job id-1 is CREATED
operator  firstDeploy: first deployment → run-jar id-1
            event Submit: Starting deployment
status    FlinkSessionJob clicks is DEPLOYED
operator  continueOperation: the job is on its cluster
            event JobStatusChanged: Job status changed from RECONCILING to CREATED
flink     job id-1 is RUNNING
status    FlinkSessionJob clicks is STABLE
            event JobStatusChanged: Job status changed from CREATED to RUNNING
flink     job id-1 is FINISHED
user      the JobManager process is killed
flink     JobManager orders-pod dies
user      60 s pass
            event JobStatusChanged: Job status changed from RUNNING to FINISHED
operator  awaitCluster: waiting until session cluster orders is ready (it is DEPLOYED_NOT_READY)
operator  awaitCluster: waiting until session cluster orders is ready (it is DEPLOYING)
flink     JobManager orders-pod leads
operator  awaitCluster: waiting until session cluster orders is ready (it is DEPLOYED_NOT_READY)
