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
user      a user edits session job clicks: suspended
world     … until clicks is suspended
operator  upgrade: job.state changed; upgrade mode is savepoint and the job runs: stop with savepoint first → stop-with-savepoint id-2
            event SpecChanged: UPGRADE change(s) detected (Diff: FlinkSessionJobSpec[job.state : running -> suspended, job.upgradeMode : stateless -> savepoint]), starting reconciliation.
            event Suspended: Suspending existing deployment.
operator  continueOperation: the savepoint is in progress
flink     savepoint file:///sp/savepoint is complete
flink     job id-1 is FINISHED
status    FlinkSessionJob clicks is SUSPENDED
user      a user resumes it from the savepoint by nonce
world     … until clicks run as wanted
operator  continueOperation: the savepoint is at file:///sp/savepoint; suspended
            event JobStatusChanged: Job status changed from RUNNING to FINISHED
status    FlinkSessionJob clicks is UPGRADING
flink     job id-3 starts from file:///sp/savepoint (submission)
flink     job id-3 is CREATED
operator  upgrade: resumed by the user → run-jar id-3
            event SpecChanged: SAVEPOINT_REDEPLOY change(s) detected (Diff: FlinkSessionJobSpec[job.state : suspended -> running, job.initialSavepointPath : null -> file:///sp/savepoint, job.savepointRedeployNonce : null -> 1]), starting reconciliation.
            event Submit: Starting deployment
status    FlinkSessionJob clicks is DEPLOYED
operator  continueOperation: the job is on its cluster
            event JobStatusChanged: Job status changed from RECONCILING to CREATED
flink     job id-3 is RUNNING
status    FlinkSessionJob clicks is STABLE
            event JobStatusChanged: Job status changed from CREATED to RUNNING
