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
user      … until clicks has 1 more checkpoint
            event JobStatusChanged: Job status changed from CREATED to RUNNING
user      somebody deletes the JobManager Deployment
user      60 s pass
operator  awaitCluster: waiting until session cluster orders is ready (it is MISSING)
operator  recoverCluster: the JobManager Deployment is gone; its remains are being collected
            event Missing: Missing JobManager deployment
flink     job id-1 is RESTARTING
flink     JobManager orders-pod dies
status    FlinkDeployment orders is UPGRADING
operator  awaitCluster: waiting until session cluster orders is ready (it is MISSING)
operator  recoverCluster: the JobManager Deployment is lost → create Deployment orders, apply Service orders-rest, apply ConfigMap flink-config-orders
status    FlinkDeployment orders is DEPLOYED
operator  awaitCluster: waiting until session cluster orders is ready (it is DEPLOYING)
operator  continueOperation: the cluster is created
flink     JobManager orders-pod leads
operator  awaitCluster: waiting until session cluster orders is ready (it is DEPLOYED_NOT_READY)
flink     job id-1 starts from file:///cp/id-1/chk-1 (recovery)
flink     job id-1 is CREATED
flink     job id-1 is RUNNING
status    FlinkDeployment orders is STABLE
            event JobStatusChanged: Job status changed from RECONCILING to CREATED
            event JobStatusChanged: Job status changed from CREATED to RUNNING
world     … until the session cluster is ready
world     … until clicks run as wanted
