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
user      a user edits session job clicks: savepointTriggerNonce 1
world     … until the savepoint is taken
            event JobStatusChanged: Job status changed from CREATED to RUNNING
operator  snapshots: savepointTriggerNonce changed to 1 → savepoint id-2
operator  pendingSnapshot: a savepoint is in progress
flink     savepoint file:///sp/savepoint is complete
user      a user edits session job clicks: checkpointTriggerNonce 1
user      30 s pass
operator  pendingSnapshot: the savepoint is at file:///sp/savepoint
operator  snapshots: checkpointTriggerNonce changed to 1 → checkpoint id-3
operator  pendingSnapshot: the checkpoint is complete
