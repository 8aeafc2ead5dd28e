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
user      60 s pass
status    FlinkSessionJob clicks is UPGRADING
flink     job id-1 starts from file:///sp/none (submission)
flink     job id-1 is FAILED
operator  firstDeploy: first deployment, from file:///sp/none → run-jar id-1 — failed: FlinkError: POST /jars/00000000000000000000000000000001_clicks.jar/run: HTTP 400 org.apache.flink.runtime.rest.handler.RestHandlerException: Could not execute application.
            event Submit: Starting deployment
status    FlinkSessionJob clicks is DEPLOYED
operator  continueOperation: the job is on its cluster
status    FlinkSessionJob clicks is FAILED
            event JobStatusChanged: Job status changed from RECONCILING to FAILED
            event Error: java.io.FileNotFoundException: Cannot find checkpoint or savepoint file:///sp/none
user      a user edits session job clicks: start empty
world     … until clicks run as wanted
status    FlinkSessionJob clicks is UPGRADING
flink     job id-2 starts empty (submission)
flink     job id-2 is CREATED
operator  upgrade: job.savepointRedeployNonce changed; savepointRedeployNonce changed → run-jar id-2
            event SpecChanged: SAVEPOINT_REDEPLOY change(s) detected (Diff: FlinkSessionJobSpec[job.initialSavepointPath : file:///sp/none -> null, job.upgradeMode : savepoint -> stateless, job.savepointRedeployNonce : null -> 1]), starting reconciliation.
            event Submit: Starting deployment
status    FlinkSessionJob clicks is DEPLOYED
operator  continueOperation: the job is on its cluster
            event JobStatusChanged: Job status changed from RECONCILING to CREATED
flink     job id-2 is RUNNING
status    FlinkSessionJob clicks is STABLE
            event JobStatusChanged: Job status changed from CREATED to RUNNING
