operator  life 1 begins
user      a user creates FlinkDeployment orders
world     … until the session cluster is ready
status    FlinkDeployment orders is UPGRADING
operator  firstDeploy: first deployment → create Deployment orders, apply Service orders, apply Service orders-rest, apply ConfigMap flink-config-orders
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
user      somebody watches the checkpoints in the web interface
user      … until clicks has 4 more checkpoints
            event JobStatusChanged: Job status changed from CREATED to RUNNING
user      a user edits session job clicks: parallelism 2
world     … until clicks run as wanted
status    FlinkSessionJob clicks is UPGRADING
flink     job id-1 is CANCELLING
operator  upgrade: job.parallelism changed; the job runs and is cancelled, keeping its last checkpoint → cancel id-1
            event SpecChanged: UPGRADE change(s) detected (Diff: FlinkSessionJobSpec[job.parallelism : 1 -> 2, job.upgradeMode : stateless -> last-state]), starting reconciliation.
            event Suspended: Suspending existing deployment.
operator  continueOperation: the job is being cancelled
flink     job id-1 is CANCELED
flink     job id-2 starts from file:///cp/id-1/chk-4 (submission)
flink     job id-2 is CREATED
operator  continueOperation: the job is cancelled → run-jar id-2
            event JobStatusChanged: Job status changed from CANCELLING to CANCELED
            event Submit: Starting deployment
status    FlinkSessionJob clicks is DEPLOYED
operator  continueOperation: the job is on its cluster
            event JobStatusChanged: Job status changed from RECONCILING to CREATED
flink     job id-2 is RUNNING
status    FlinkSessionJob clicks is STABLE
            event JobStatusChanged: Job status changed from CREATED to RUNNING
