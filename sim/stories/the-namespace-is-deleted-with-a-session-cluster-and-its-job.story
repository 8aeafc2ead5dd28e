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
user      a user deletes the whole namespace
world     … until it is gone
            event JobStatusChanged: Job status changed from CREATED to RUNNING
status    FlinkDeployment orders is DELETING
status    FlinkSessionJob clicks is DELETING
operator  teardown: waiting for its session cluster to answer
            event Cleanup: Cleaning up FlinkSessionJob
operator  teardown: The session jobs [clicks] should be deleted first
            event Missing: Missing JobManager deployment
            event Cleanup: Cleaning up FlinkDeployment
            event CleanupFailed: The session jobs [clicks] should be deleted first
flink     JobManager orders-pod dies
operator  teardown: waiting for its session cluster to answer
operator  teardown: The session jobs [clicks] should be deleted first
operator  teardown: waiting for its session cluster to answer
operator  teardown: The session jobs [clicks] should be deleted first
operator  teardown: waiting for its session cluster to answer
operator  teardown: The session jobs [clicks] should be deleted first
operator  teardown: waiting for its session cluster to answer
operator  teardown: The session jobs [clicks] should be deleted first
operator  teardown: waiting for its session cluster to answer
operator  teardown: The session jobs [clicks] should be deleted first
operator  teardown: waiting for its session cluster to answer
operator  teardown: The session jobs [clicks] should be deleted first
operator  teardown: waiting for its session cluster to answer
operator  teardown: The session jobs [clicks] should be deleted first
operator  teardown: waiting for its session cluster to answer
operator  teardown: The session jobs [clicks] should be deleted first
operator  teardown: waiting for its session cluster to answer
operator  teardown: The session jobs [clicks] should be deleted first
operator  teardown: waiting for its session cluster to answer
operator  teardown: The session jobs [clicks] should be deleted first
operator  teardown: waiting for its session cluster to answer
operator  teardown: The session jobs [clicks] should be deleted first
operator  teardown: waiting for its session cluster to answer
operator  teardown: The session jobs [clicks] should be deleted first
operator  teardown: waiting for its session cluster to answer
operator  teardown: The session jobs [clicks] should be deleted first
operator  teardown: waiting for its session cluster to answer
operator  teardown: The session jobs [clicks] should be deleted first
operator  teardown: waiting for its session cluster to answer
operator  teardown: The session jobs [clicks] should be deleted first
operator  teardown: waiting for its session cluster to answer
operator  teardown: The session jobs [clicks] should be deleted first
operator  teardown: waiting for its session cluster to answer
operator  teardown: The session jobs [clicks] should be deleted first
operator  teardown: waiting for its session cluster to answer
operator  teardown: The session jobs [clicks] should be deleted first
operator  teardown: waiting for its session cluster to answer
operator  teardown: The session jobs [clicks] should be deleted first
operator  teardown: waiting for its session cluster to answer
operator  teardown: The session jobs [clicks] should be deleted first
operator  teardown: waiting for its session cluster to answer
operator  teardown: The session jobs [clicks] should be deleted first
operator  teardown: waiting for its session cluster to answer
operator  teardown: The session jobs [clicks] should be deleted first
operator  teardown: waiting for its session cluster to answer
operator  teardown: The session jobs [clicks] should be deleted first
operator  teardown: waiting for its session cluster to answer
operator  teardown: The session jobs [clicks] should be deleted first
operator  teardown: waiting for its session cluster to answer
operator  teardown: The session jobs [clicks] should be deleted first
operator  teardown: waiting for its session cluster to answer
operator  teardown: The session jobs [clicks] should be deleted first
operator  teardown: waiting for its session cluster to answer
operator  teardown: The session jobs [clicks] should be deleted first
operator  teardown: waiting for its session cluster to answer
operator  teardown: The session jobs [clicks] should be deleted first
operator  teardown: waiting for its session cluster to answer
operator  teardown: The session jobs [clicks] should be deleted first
operator  teardown: waiting for its session cluster to answer
operator  teardown: its session cluster did not answer in time
            event CleanupFailed: Job id-1 may still run on orders: the cluster did not answer within 300 s.
operator  teardown: nothing of the cluster is left
            event LeftBehind: Left behind on purpose: files below file:///cp, file:///ha.
