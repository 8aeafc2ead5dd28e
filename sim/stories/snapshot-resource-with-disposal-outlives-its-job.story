operator  life 1 begins
user      a user creates FlinkDeployment orders
world     … until the job runs as wanted
status    FlinkDeployment orders is UPGRADING
operator  firstDeploy: first deployment → create Deployment orders, apply Service orders-rest, apply ConfigMap flink-config-orders, apply ConfigMap autoscaler-orders
            event Submit: Starting deployment
status    FlinkDeployment orders is DEPLOYED
operator  continueOperation: the cluster is created
flink     JobManager orders-pod leads
flink     job id-1 starts empty (submission)
            event JobStatusChanged: Job status changed from RECONCILING to INITIALIZING
flink     job id-1 is CREATED
flink     job id-1 is RUNNING
            event JobStatusChanged: Job status changed from INITIALIZING to CREATED
status    FlinkDeployment orders is STABLE
user      … until 1 more checkpoint is complete
            event JobStatusChanged: Job status changed from CREATED to RUNNING
user      a user creates FlinkStateSnapshot one
world     … until snapshot one is COMPLETED
operator  trigger: the savepoint is asked for → savepoint id-2, merge FlinkStateSnapshot one
operator  follow: the savepoint is in progress
flink     savepoint file:///sp/savepoint is complete
user      a user deletes the FlinkDeployment
world     … until everything is gone
operator  follow: the savepoint is at file:///sp/savepoint → merge FlinkStateSnapshot one
status    FlinkDeployment orders is DELETING
flink     job id-1 is CANCELLING
operator  teardown: waiting for the end of the JobManager Deployment → cancel id-1, delete Deployment orders
            event Cleanup: Cleaning up FlinkDeployment
operator  teardown: waiting for the end of the JobManager Deployment
            event Missing: Missing JobManager deployment
flink     JobManager orders-pod dies
operator  teardown: waiting for the end of HA metadata → delete ConfigMap orders-cluster-config-map, delete ConfigMap orders-id-1-config-map
user      a user deletes FlinkStateSnapshot one
world     … until it is gone
operator  teardown: nothing of the cluster is left
            event LeftBehind: Left behind on purpose: FlinkStateSnapshots one; files below file:///cp, file:///ha.
operator  dispose: file:///sp/savepoint stays: its job orders does not exist any more
            event CleanupFailed: The savepoint file:///sp/savepoint was not disposed of and stays on storage: its job orders does not exist any more.
