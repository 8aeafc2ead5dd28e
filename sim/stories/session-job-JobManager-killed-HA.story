operator  life 1 begins
user      a user creates FlinkDeployment orders
world     … until the session cluster is ready
status    FlinkDeployment orders is UPGRADING
operator  firstDeploy: first deployment → create Deployment orders, apply Service orders-rest, apply ConfigMap flink-config-orders
status    FlinkDeployment orders is DEPLOYED
operator  continueOperation: the cluster is created
flink     JobManager orders-pod leads
status    FlinkDeployment orders is STABLE
user      a user creates FlinkSessionJob clicks
user      a user creates FlinkSessionJob views
world     … until clicks, views run as wanted
status    FlinkSessionJob clicks is UPGRADING
status    FlinkSessionJob views is UPGRADING
flink     job id-1 starts empty (submission)
flink     job id-2 starts empty (submission)
flink     job id-1 is CREATED
flink     job id-2 is CREATED
operator  firstDeploy: first deployment → run-jar id-1
            event Submit: Starting deployment
operator  firstDeploy: first deployment → run-jar id-2
            event Submit: Starting deployment
operator  continueOperation: submitted; the cluster does not show the job yet
flink     job id-1 is RUNNING
flink     job id-2 is RUNNING
operator  continueOperation: submitted; the cluster does not show the job yet
status    FlinkSessionJob clicks is DEPLOYED
status    FlinkSessionJob views is DEPLOYED
operator  continueOperation: the job is on its cluster
            event JobStatusChanged: Job status changed from RECONCILING to CREATED
status    FlinkSessionJob clicks is STABLE
status    FlinkSessionJob views is STABLE
user      … until clicks has 2 more checkpoints
            event JobStatusChanged: Job status changed from CREATED to RUNNING
user      the JobManager process is killed
flink     JobManager orders-pod dies
user      5 s pass
operator  awaitCluster: waiting until session cluster orders is ready (it is DEPLOYED_NOT_READY)
operator  awaitCluster: waiting until session cluster orders is ready (it is DEPLOYING)
world     … until clicks goes on from its checkpoint
flink     JobManager orders-pod leads
operator  awaitCluster: waiting until session cluster orders is ready (it is DEPLOYED_NOT_READY)
flink     job id-1 starts from file:///cp/id-1/chk-2 (recovery)
flink     job id-2 starts from file:///cp/id-2/chk-1 (recovery)
flink     job id-1 is CREATED
flink     job id-2 is CREATED
flink     job id-1 is RUNNING
flink     job id-2 is RUNNING
