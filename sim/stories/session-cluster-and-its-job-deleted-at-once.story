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
user      a user deletes session job clicks
user      a user deletes the FlinkDeployment
world     … until everything is gone
status    FlinkSessionJob clicks is DELETING
flink     job id-1 is CANCELLING
status    FlinkDeployment orders is DELETING
operator  teardown: the job is being cancelled → cancel id-1
            event Cleanup: Cleaning up FlinkSessionJob
operator  teardown: The session jobs [clicks] should be deleted first
            event Cleanup: Cleaning up FlinkDeployment
            event CleanupFailed: The session jobs [clicks] should be deleted first
operator  teardown: the job is being cancelled
            event JobStatusChanged: Job status changed from RUNNING to CANCELLING
flink     job id-1 is CANCELED
operator  teardown: The session jobs [clicks] should be deleted first
operator  teardown: the job has ended
            event JobStatusChanged: Job status changed from CANCELLING to CANCELED
            event LeftBehind: Left behind on purpose: the state at file:///cp/id-1/chk-1.
operator  teardown: waiting for the end of the JobManager Deployment → delete Deployment orders
operator  teardown: waiting for the end of the JobManager Deployment
            event Missing: Missing JobManager deployment
flink     JobManager orders-pod dies
operator  teardown: waiting for the end of HA metadata → delete ConfigMap orders-cluster-config-map
world     … until clicks is gone
operator  teardown: nothing of the cluster is left
            event LeftBehind: Left behind on purpose: files below file:///cp, file:///ha.
