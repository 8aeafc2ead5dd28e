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
user      the storage is full
user      a user edits the spec: a new image
user      10 s pass
operator  upgrade: image changed; upgrade mode is savepoint and the job runs: stop with savepoint first → stop-with-savepoint id-2
            event SpecChanged: UPGRADE change(s) detected (Diff: FlinkDeploymentSpec[image : flink:1 -> flink:2, job.upgradeMode : stateless -> savepoint]), starting reconciliation.
            event Suspended: Suspending existing deployment.
operator  continueOperation: the savepoint is in progress
operator  continueOperation: the savepoint failed (java.io.IOException: No space left on device); nothing was stopped or lost, the next attempt is decided anew
            event SavepointError: Savepoint failed: java.io.IOException: No space left on device
operator  upgrade: the last savepoint failed; the next attempt waits
user      the storage has room again
user      a user edits the spec: back to the first image
world     … until the job runs as wanted
user      a user deletes the FlinkDeployment
world     … until everything is gone
status    FlinkDeployment orders is DELETING
operator  teardown: savepoint on deletion → stop-with-savepoint id-3
            event Cleanup: Cleaning up FlinkDeployment
operator  teardown: waiting for the final savepoint
flink     savepoint file:///sp/savepoint is complete
flink     job id-1 is FINISHED
operator  teardown: the final savepoint is at file:///sp/savepoint
            event JobStatusChanged: Job status changed from RUNNING to FINISHED
            event SavepointCompleted: Final savepoint: file:///sp/savepoint
operator  teardown: waiting for the end of the JobManager Deployment → delete Deployment orders
operator  teardown: waiting for the end of the JobManager Deployment
            event Missing: Missing JobManager deployment
flink     JobManager orders-pod dies
operator  teardown: nothing of the cluster is left
            event LeftBehind: Left behind on purpose: the state at file:///sp/savepoint; files below file:///cp.
