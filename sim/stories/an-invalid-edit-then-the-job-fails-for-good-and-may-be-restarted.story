operator  life 1 begins
user      a user creates FlinkDeployment orders
world     … until the job runs as wanted
status    FlinkDeployment orders is UPGRADING
operator  firstDeploy: first deployment → create Deployment orders, apply Service orders, apply Service orders-rest, apply ConfigMap flink-config-orders, apply ConfigMap autoscaler-orders
            event Submit: Starting deployment
status    FlinkDeployment orders is DEPLOYED
operator  continueOperation: the cluster is created
flink     JobManager orders-pod leads
flink     job id-1 starts empty (submission)
            event JobStatusChanged: Job status changed from RECONCILING to INITIALIZING
flink     job id-1 is CREATED
            event JobStatusChanged: Job status changed from INITIALIZING to CREATED
flink     job id-1 is RUNNING
status    FlinkDeployment orders is STABLE
user      … until 1 more checkpoint is complete
            event JobStatusChanged: Job status changed from CREATED to RUNNING
user      a user edits the spec: parallelism 0
user      5 s pass
user      the job fails for good
flink     job id-1 is FAILED
user      5 s pass
world     … until it runs again
status    FlinkDeployment orders is UPGRADING
operator  restartJob: the job failed and is to be restarted; waiting for the end of the JobManager Deployment → delete Deployment orders
            event JobStatusChanged: Job status changed from RUNNING to FAILED
            event Error: java.lang.RuntimeException: boom
            event JobException: java.lang.RuntimeException: boom
            event ValidationError: Job parallelism is 0, and at least 1 is needed.
operator  continueOperation: the old cluster makes room; waiting for the end of the JobManager Deployment
            event ValidationError: Job parallelism is 0, and at least 1 is needed.
flink     JobManager orders-pod dies
operator  continueOperation: the old cluster makes room → create Deployment orders, apply Service orders, apply Service orders-rest, apply ConfigMap flink-config-orders, apply ConfigMap autoscaler-orders
            event Submit: Starting deployment
status    FlinkDeployment orders is DEPLOYED
operator  continueOperation: the cluster is created
            event ValidationError: Job parallelism is 0, and at least 1 is needed.
flink     JobManager orders-pod leads
flink     job id-2 starts from file:///cp/id-1/chk-1 (submission)
            event JobStatusChanged: Job status changed from RECONCILING to INITIALIZING
flink     job id-2 is CREATED
            event JobStatusChanged: Job status changed from INITIALIZING to CREATED
flink     job id-2 is RUNNING
status    FlinkDeployment orders is STABLE
            event JobStatusChanged: Job status changed from CREATED to RUNNING
