operator  life 1 begins
user      a user creates FlinkDeployment orders
world     … until the session cluster is ready
status    FlinkDeployment orders is UPGRADING
operator  firstDeploy: first deployment → create Deployment orders, apply Service orders-rest, apply ConfigMap flink-config-orders
status    FlinkDeployment orders is DEPLOYED
operator  continueOperation: the cluster is created
flink     JobManager orders-pod leads
status    FlinkDeployment orders is STABLE
user      a user creates FlinkSessionJob orders
world     … until orders run as wanted
status    FlinkSessionJob orders is UPGRADING
flink     job id-1 starts empty (submission)
flink     job id-1 is CREATED
operator  firstDeploy: first deployment → run-jar id-1
            event Submit: Starting deployment
status    FlinkSessionJob orders is DEPLOYED
operator  continueOperation: the job is on its cluster
            event JobStatusChanged: Job status changed from RECONCILING to CREATED
flink     job id-1 is RUNNING
status    FlinkSessionJob orders is STABLE
user      orders fails and is restarted by Flink
flink     job id-1 is RESTARTING
user      10 s pass
            event JobStatusChanged: Job status changed from CREATED to RUNNING
            event JobStatusChanged: Job status changed from RUNNING to RESTARTING
            event JobException: java.lang.RuntimeException: boom
flink     job id-1 is RUNNING
            event JobStatusChanged: Job status changed from RESTARTING to CREATED
            event JobStatusChanged: Job status changed from CREATED to RUNNING
world     … until orders run as wanted
