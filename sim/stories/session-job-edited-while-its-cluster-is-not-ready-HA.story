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
user      the JobManager process is killed
flink     JobManager orders-pod dies
user      a user edits session job clicks: parallelism 2
user      5 s pass
operator  awaitCluster: waiting until session cluster orders is ready (it is DEPLOYED_NOT_READY)
operator  awaitCluster: waiting until session cluster orders is ready (it is DEPLOYING)
world     … until clicks run as wanted
flink     JobManager orders-pod leads
operator  awaitCluster: waiting until session cluster orders is ready (it is DEPLOYED_NOT_READY)
flink     job id-1 starts from file:///cp/id-1/chk-1 (recovery)
flink     job id-1 is CREATED
flink     job id-1 is RUNNING
operator  upgrade: job.parallelism changed; upgrade mode is savepoint and the job runs: stop with savepoint first → stop-with-savepoint id-2
            event JobStatusChanged: Job status changed from RECONCILING to RUNNING
            event SpecChanged: UPGRADE change(s) detected (Diff: FlinkSessionJobSpec[job.parallelism : 1 -> 2, job.upgradeMode : stateless -> savepoint]), starting reconciliation.
            event Suspended: Suspending existing deployment.
operator  continueOperation: the savepoint is in progress
flink     savepoint file:///sp/savepoint is complete
flink     job id-1 is FINISHED
status    FlinkSessionJob clicks is UPGRADING
flink     job id-3 starts from file:///sp/savepoint (submission)
flink     job id-3 is CREATED
operator  continueOperation: the savepoint is at file:///sp/savepoint → run-jar id-3
            event JobStatusChanged: Job status changed from RUNNING to FINISHED
            event Submit: Starting deployment
status    FlinkSessionJob clicks is DEPLOYED
operator  continueOperation: the job is on its cluster
            event JobStatusChanged: Job status changed from RECONCILING to CREATED
flink     job id-3 is RUNNING
status    FlinkSessionJob clicks is STABLE
            event JobStatusChanged: Job status changed from CREATED to RUNNING
