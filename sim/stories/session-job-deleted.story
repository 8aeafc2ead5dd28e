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
user      a user deletes session job clicks
world     … until clicks is gone
            event JobStatusChanged: Job status changed from CREATED to RUNNING
status    FlinkSessionJob clicks is DELETING
flink     job id-1 is CANCELLING
operator  teardown: the job is being cancelled → cancel id-1
            event Cleanup: Cleaning up FlinkSessionJob
operator  teardown: the job is being cancelled
            event JobStatusChanged: Job status changed from RUNNING to CANCELLING
flink     job id-1 is CANCELED
operator  teardown: the job has ended
            event JobStatusChanged: Job status changed from CANCELLING to CANCELED
