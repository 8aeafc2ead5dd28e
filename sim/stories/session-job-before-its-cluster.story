operator  life 1 begins
user      a user creates FlinkSessionJob clicks
user      10 s pass
status    FlinkSessionJob clicks is CREATED
operator  awaitCluster: waiting for session cluster orders, which does not exist yet
            event Waiting: waiting for session cluster orders, which does not exist yet
user      a user creates FlinkDeployment orders
world     … until the session cluster is ready
operator  awaitCluster: waiting until session cluster orders is ready (it is not deployed yet)
status    FlinkDeployment orders is UPGRADING
operator  awaitCluster: waiting until session cluster orders is ready (it is MISSING)
operator  firstDeploy: first deployment → create Deployment orders, apply Service orders-rest, apply ConfigMap flink-config-orders
status    FlinkDeployment orders is DEPLOYED
operator  awaitCluster: waiting until session cluster orders is ready (it is DEPLOYING)
operator  continueOperation: the cluster is created
flink     JobManager orders-pod leads
operator  awaitCluster: waiting until session cluster orders is ready (it is DEPLOYED_NOT_READY)
status    FlinkDeployment orders is STABLE
world     … until clicks run as wanted
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
