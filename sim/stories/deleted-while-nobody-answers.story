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
user      JobManagers cannot be reached
user      a user deletes the FlinkDeployment
world     … until everything is gone
            event JobStatusChanged: Job status changed from CREATED to RUNNING
status    FlinkDeployment orders is DELETING
operator  teardown: waiting for the end of the JobManager Deployment → delete Deployment orders
            event Cleanup: Cleaning up FlinkDeployment
operator  teardown: waiting for the end of the JobManager Deployment
            event Missing: Missing JobManager deployment
flink     job id-1 is RESTARTING
flink     JobManager orders-pod dies
operator  teardown: nothing of the cluster is left
            event LeftBehind: Left behind on purpose: files below file:///cp.
