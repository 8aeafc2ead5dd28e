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
user      a user deletes the FlinkDeployment and removes its finalizers by force
user      1 s pass
operator  teardown: waiting for the end of the JobManager Deployment → delete Deployment orders — somebody else wrote first
            event Cleanup: Cleaning up FlinkDeployment
flink     job id-1 is RESTARTING
flink     JobManager orders-pod dies
user      a user creates FlinkDeployment orders
world     … until the job runs as wanted
status    FlinkDeployment orders is UPGRADING
operator  firstDeploy: first deployment → merge ConfigMap orders-cluster-config-map, create Deployment orders, apply Service orders, apply Service orders-rest, apply ConfigMap flink-config-orders, apply ConfigMap autoscaler-orders
            event Submit: Starting deployment
status    FlinkDeployment orders is DEPLOYED
operator  continueOperation: the cluster is created
flink     JobManager orders-pod leads
flink     job id-2 starts empty (submission)
            event JobStatusChanged: Job status changed from RECONCILING to INITIALIZING
flink     job id-2 is CREATED
            event JobStatusChanged: Job status changed from INITIALIZING to CREATED
flink     job id-2 is RUNNING
status    FlinkDeployment orders is STABLE
            event JobStatusChanged: Job status changed from CREATED to RUNNING
