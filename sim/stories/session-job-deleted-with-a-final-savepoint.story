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
world     … until clicks is gone
status    FlinkSessionJob clicks is DELETING
operator  teardown: savepoint on deletion → stop-with-savepoint id-2
            event Cleanup: Cleaning up FlinkSessionJob
operator  teardown: the savepoint is in progress
flink     savepoint file:///sp/savepoint is complete
flink     job id-1 is FINISHED
operator  teardown: the final savepoint is at file:///sp/savepoint
            event JobStatusChanged: Job status changed from RUNNING to FINISHED
            event SavepointCompleted: Final savepoint: file:///sp/savepoint
operator  teardown: the job has ended
            event LeftBehind: Left behind on purpose: the state at file:///sp/savepoint.
