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
user      a user edits the spec: savepointTriggerNonce 1
world     … until the savepoint is taken
operator  snapshots: savepointTriggerNonce changed to 1 → savepoint id-2
operator  pendingSnapshot: a savepoint is in progress
flink     savepoint file:///sp/savepoint is complete
user      a user edits the spec: checkpointTriggerNonce 1
world     … until the checkpoint is taken
operator  pendingSnapshot: the savepoint is at file:///sp/savepoint
operator  snapshots: checkpointTriggerNonce changed to 1 → checkpoint id-3
user      a user edits the spec: savepointTriggerNonce 2
world     … until the second savepoint is taken
operator  pendingSnapshot: the checkpoint is complete
operator  snapshots: savepointTriggerNonce changed to 2 → savepoint id-4
operator  pendingSnapshot: a savepoint is in progress
flink     savepoint file:///sp/savepoint is complete
operator  pendingSnapshot: the savepoint is at file:///sp/savepoint
