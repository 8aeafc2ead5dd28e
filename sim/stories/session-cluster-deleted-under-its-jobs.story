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
user      … until clicks has 1 more checkpoint
            event JobStatusChanged: Job status changed from CREATED to RUNNING
user      a user deletes the FlinkDeployment
user      20 s pass
status    FlinkDeployment orders is DELETING
operator  teardown: The session jobs [clicks, views] should be deleted first
            event Cleanup: Cleaning up FlinkDeployment
            event CleanupFailed: The session jobs [clicks, views] should be deleted first
user      a user deletes session job clicks
user      a user deletes session job views
world     … until everything is gone
operator  teardown: The session jobs [views, clicks] should be deleted first
status    FlinkSessionJob clicks is DELETING
status    FlinkSessionJob views is DELETING
operator  teardown: The session jobs [clicks, views] should be deleted first
flink     job id-1 is CANCELLING
flink     job id-2 is CANCELLING
operator  teardown: The session jobs [views, clicks] should be deleted first
operator  teardown: The session jobs [clicks, views] should be deleted first
operator  teardown: the job is being cancelled → cancel id-1
            event Cleanup: Cleaning up FlinkSessionJob
operator  teardown: the job is being cancelled → cancel id-2
            event Cleanup: Cleaning up FlinkSessionJob
operator  teardown: the job is being cancelled → cancel id-1
operator  teardown: the job is being cancelled → cancel id-2
flink     job id-1 is CANCELED
flink     job id-2 is CANCELED
operator  teardown: the job is being cancelled → cancel id-1
operator  teardown: the job is being cancelled → cancel id-2
operator  teardown: The session jobs [clicks, views] should be deleted first
operator  teardown: the job is being cancelled → cancel id-1
operator  teardown: the job is being cancelled → cancel id-2
operator  teardown: The session jobs [views, clicks] should be deleted first
operator  teardown: The session jobs [clicks, views] should be deleted first
operator  teardown: the job has ended
            event JobStatusChanged: Job status changed from RUNNING to CANCELED
            event LeftBehind: Left behind on purpose: state at file:///cp/id-1/chk-2
operator  teardown: The session jobs [views] should be deleted first
operator  teardown: waiting for the end of the JobManager Deployment → delete Deployment orders
operator  teardown: waiting for the end of the JobManager Deployment
            event Missing: Missing JobManager deployment
flink     JobManager orders-pod dies
operator  teardown: waiting for the end of HA metadata → delete ConfigMap orders-cluster-config-map
world     … until clicks is gone
world     … until views is gone
operator  teardown: nothing of the cluster is left
