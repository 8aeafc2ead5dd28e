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
user      … until clicks has 2 more checkpoints
            event JobStatusChanged: Job status changed from CREATED to RUNNING
user      the JobManager process is killed
flink     JobManager orders-pod dies
world     … until it is told
operator  awaitCluster: waiting until session cluster orders is ready (it is DEPLOYED_NOT_READY)
operator  awaitCluster: waiting until session cluster orders is ready (it is DEPLOYING)
flink     JobManager orders-pod leads
operator  awaitCluster: waiting until session cluster orders is ready (it is DEPLOYED_NOT_READY)
user      a user names the newest checkpoint and a redeploy nonce
world     … until clicks run as wanted
            event Missing: Job Not Found
status    FlinkSessionJob clicks is UPGRADING
flink     job id-2 starts from file:///cp/id-1/chk-2 (submission)
flink     job id-2 is CREATED
operator  upgrade: job.savepointRedeployNonce changed; savepointRedeployNonce changed → run-jar id-2
            event SpecChanged: SAVEPOINT_REDEPLOY change(s) detected (Diff: FlinkSessionJobSpec[job.initialSavepointPath : null -> file:///cp/id-1/chk-2, job.upgradeMode : stateless -> savepoint, job.savepointRedeployNonce : null -> 1]), starting reconciliation.
            event Submit: Starting deployment
status    FlinkSessionJob clicks is DEPLOYED
operator  continueOperation: the job is on its cluster
            event JobStatusChanged: Job status changed from RECONCILING to CREATED
flink     job id-2 is RUNNING
status    FlinkSessionJob clicks is STABLE
            event JobStatusChanged: Job status changed from CREATED to RUNNING
