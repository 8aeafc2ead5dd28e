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
user      a user edits the spec: a new image
world     … until a savepoint is under way
user      the job fails for good
flink     job id-1 is FAILED
world     … until the job runs as wanted
operator  upgrade: image changed; upgrade mode is savepoint and the job runs: stop with savepoint first → stop-with-savepoint id-2
            event SpecChanged: UPGRADE change(s) detected (Diff: FlinkDeploymentSpec[image : flink:1 -> flink:2, job.upgradeMode : stateless -> savepoint]), starting reconciliation.
            event Suspended: Suspending existing deployment.
operator  continueOperation: the savepoint failed (org.apache.flink.runtime.messages.FlinkJobNotFoundException: Could not find Flink job (id-1)); nothing was stopped or lost, the next attempt is decided anew
            event JobException: java.lang.RuntimeException: boom
            event SavepointError: Savepoint failed: org.apache.flink.runtime.messages.FlinkJobNotFoundException: Could not find Flink job (id-1)
status    FlinkDeployment orders is UPGRADING
operator  upgrade: image changed; the job has ended; it resumes from its last checkpoint; waiting for the end of the JobManager Deployment → delete Deployment orders
            event JobStatusChanged: Job status changed from RECONCILING to FAILED
            event Error: java.lang.RuntimeException: boom
            event SpecChanged: UPGRADE change(s) detected (Diff: FlinkDeploymentSpec[image : flink:1 -> flink:2, job.upgradeMode : stateless -> savepoint]), starting reconciliation.
operator  continueOperation: the old cluster makes room; waiting for the end of the JobManager Deployment
flink     JobManager orders-pod dies
operator  continueOperation: the old cluster makes room; waiting for the end of HA metadata → delete ConfigMap orders-cluster-config-map
operator  continueOperation: the old cluster makes room → create Deployment orders, apply Service orders-rest, apply ConfigMap flink-config-orders, apply ConfigMap autoscaler-orders
            event Submit: Starting deployment
status    FlinkDeployment orders is DEPLOYED
operator  continueOperation: the cluster is created
flink     JobManager orders-pod leads
flink     job id-3 starts from file:///cp/id-1/chk-1 (submission)
            event JobStatusChanged: Job status changed from RECONCILING to INITIALIZING
flink     job id-3 is CREATED
flink     job id-3 is RUNNING
            event JobStatusChanged: Job status changed from INITIALIZING to CREATED
status    FlinkDeployment orders is STABLE
            event JobStatusChanged: Job status changed from CREATED to RUNNING
