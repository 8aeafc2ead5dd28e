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
world     … until two are taken
operator  snapshots: a periodic savepoint is due → savepoint id-2
operator  pendingSnapshot: a savepoint is in progress
flink     savepoint file:///sp/savepoint is complete
operator  pendingSnapshot: the savepoint is at file:///sp/savepoint
operator  snapshots: a periodic savepoint is due → savepoint id-3
operator  pendingSnapshot: a savepoint is in progress
flink     savepoint file:///sp/savepoint is complete
user      the operator dies
operator  life 1 ends
user      240 s pass
operator  life 2 begins
operator  snapshots: a periodic savepoint is due → savepoint id-4
operator  pendingSnapshot: a savepoint is in progress
flink     savepoint file:///sp/savepoint is complete
operator  pendingSnapshot: the savepoint is at file:///sp/savepoint
operator  snapshots: 1 old savepoints are disposed of → dispose of a savepoint
flink     file:///sp/savepoint is disposed of
operator  snapshots: 1 old savepoints leave the history
operator  snapshots: a periodic savepoint is due → savepoint id-5
operator  pendingSnapshot: a savepoint is in progress
flink     savepoint file:///sp/savepoint is complete
operator  pendingSnapshot: the savepoint is at file:///sp/savepoint
operator  snapshots: 1 old savepoints are disposed of → dispose of a savepoint
flink     file:///sp/savepoint is disposed of
operator  snapshots: 1 old savepoints leave the history
operator  snapshots: a periodic savepoint is due → savepoint id-6
operator  pendingSnapshot: a savepoint is in progress
flink     savepoint file:///sp/savepoint is complete
operator  pendingSnapshot: the savepoint is at file:///sp/savepoint
operator  snapshots: 1 old savepoints are disposed of → dispose of a savepoint
flink     file:///sp/savepoint is disposed of
operator  snapshots: 1 old savepoints leave the history
operator  snapshots: a periodic savepoint is due → savepoint id-7
operator  pendingSnapshot: a savepoint is in progress
flink     savepoint file:///sp/savepoint is complete
user      a user edits the spec: no periodic savepoints
user      60 s pass
operator  pendingSnapshot: the savepoint is at file:///sp/savepoint
operator  snapshots: 1 old savepoints are disposed of → dispose of a savepoint — somebody else wrote first
operator  snapshots: 1 old savepoints are disposed of → dispose of a savepoint
flink     file:///sp/savepoint is disposed of
operator  snapshots: 1 old savepoints leave the history
