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
user      a user creates FlinkStateSnapshot one
world     … until it has failed twice
operator  trigger: the savepoint is asked for → savepoint id-2, merge FlinkStateSnapshot one
operator  follow: the savepoint is in progress
operator  follow: java.io.IOException: No space left on device; the next attempt in 10 s → merge FlinkStateSnapshot one
            event SavepointError: java.io.IOException: No space left on device
operator  trigger: the last attempt failed; the next one in 10 s
operator  trigger: the savepoint is asked for → savepoint id-3, merge FlinkStateSnapshot one
operator  follow: the savepoint is in progress
user      the storage has room again
world     … until snapshot one is COMPLETED
operator  follow: java.io.IOException: No space left on device; the next attempt in 20 s → merge FlinkStateSnapshot one
            event SavepointError: java.io.IOException: No space left on device
operator  trigger: the last attempt failed; the next one in 20 s
operator  trigger: the savepoint is asked for → savepoint id-4, merge FlinkStateSnapshot one
operator  follow: the savepoint is in progress
flink     savepoint file:///sp/savepoint is complete
operator  follow: the savepoint is at file:///sp/savepoint → merge FlinkStateSnapshot one
