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
world     … until it is told
status    FlinkSessionJob clicks is UPGRADING
operator  firstDeploy: first deployment → run-jar id-1 — failed: Error: The jar could not be fetched: https://jars.example/missing.jar answered HTTP 404.
            event Submit: Starting deployment
user      a user edits session job clicks: the right address
world     … until clicks run as wanted
operator  continueOperation: the last attempt failed: The jar could not be fetched: https://jars.example/missing.jar answered HTTP 404. → run-jar id-1 — failed: Error: The jar could not be fetched: https://jars.example/missing.jar answered HTTP 404.
            event Error: The jar could not be fetched: https://jars.example/missing.jar answered HTTP 404.
flink     job id-2 starts empty (submission)
flink     job id-2 is CREATED
operator  continueOperation: the spec is submitted → run-jar id-2
            event Submit: Starting deployment
operator  continueOperation: submitted; the cluster does not show the job yet
flink     job id-2 is RUNNING
operator  continueOperation: submitted; the cluster does not show the job yet
status    FlinkSessionJob clicks is DEPLOYED
operator  continueOperation: the job is on its cluster
            event JobStatusChanged: Job status changed from RECONCILING to CREATED
status    FlinkSessionJob clicks is STABLE
            event JobStatusChanged: Job status changed from CREATED to RUNNING
