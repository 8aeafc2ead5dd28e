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
user      the storage is full
user      a user edits the spec: savepointTriggerNonce 1
user      20 s pass
operator  snapshots: savepointTriggerNonce changed to 1 → savepoint id-2
operator  pendingSnapshot: a savepoint is in progress
operator  pendingSnapshot: the savepoint failed: java.io.IOException: No space left on device
            event SavepointError: Savepoint failed for savepointTriggerNonce: 1: java.io.IOException: No space left on device
user      the storage has room again
user      60 s pass
operator  snapshots: savepointTriggerNonce changed to 1 → savepoint id-3
operator  pendingSnapshot: a savepoint is in progress
flink     savepoint file:///sp/savepoint is complete
operator  pendingSnapshot: the savepoint is at file:///sp/savepoint
