operator  life 1 begins
user      a user creates FlinkDeployment orders
world     … until the job runs as wanted
status    FlinkDeployment orders is UPGRADING
operator  firstDeploy: first deployment → create Deployment orders, apply Service orders-rest, apply ConfigMap flink-config-orders, apply ConfigMap autoscaler-orders
            event Submit: Starting deployment
status    FlinkDeployment orders is DEPLOYED
operator  continueOperation: the cluster is created
flink     JobManager orders-pod leads
flink     job id-1 starts empty (submission)
            event JobStatusChanged: Job status changed from RECONCILING to INITIALIZING
flink     job id-1 is CREATED
flink     job id-1 is RUNNING
            event JobStatusChanged: Job status changed from INITIALIZING to CREATED
status    FlinkDeployment orders is STABLE
user      … until 1 more checkpoint is complete
            event JobStatusChanged: Job status changed from CREATED to RUNNING
user      a user deletes the whole namespace
world     … until it is gone
operator  settle: the job is RECONCILING, the JobManager DEPLOYED_NOT_READY → apply ConfigMap flink-config-orders — somebody else wrote first
status    FlinkDeployment orders is DELETING
operator  teardown: waiting for the end of 3 pods
            event Missing: Missing JobManager deployment
            event Cleanup: Cleaning up FlinkDeployment
flink     JobManager orders-pod dies
operator  teardown: waiting for the end of 2 pods
operator  teardown: waiting for the end of 1 pods
operator  teardown: nothing of the cluster is left
            event LeftBehind: Left behind on purpose: files below file:///cp, file:///ha.
