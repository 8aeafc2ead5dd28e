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
user      savepoints take a minute
user      a user creates FlinkStateSnapshot one
world     … until it is under way
user      the job fails for good
flink     job id-1 is FAILED
world     … until it has ended
operator  trigger: the savepoint is asked for → savepoint id-2, merge FlinkStateSnapshot one
            event JobException: java.lang.RuntimeException: boom
operator  follow: org.apache.flink.runtime.messages.FlinkJobNotFoundException: Could not find Flink job (id-1); the next attempt in 10 s → merge FlinkStateSnapshot one
            event SavepointError: org.apache.flink.runtime.messages.FlinkJobNotFoundException: Could not find Flink job (id-1)
operator  trigger: Snapshot one was abandoned: the job orders is not RUNNING (it is RECONCILING). → merge FlinkStateSnapshot one
            event SnapshotAbandoned: Snapshot one was abandoned: the job orders is not RUNNING (it is RECONCILING).
status    FlinkDeployment orders is FAILED
            event JobStatusChanged: Job status changed from RECONCILING to FAILED
            event Error: java.lang.RuntimeException: boom
