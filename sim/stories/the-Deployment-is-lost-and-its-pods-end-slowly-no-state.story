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
user      pods take 40 s to end
user      somebody deletes the JobManager Deployment
user      60 s pass
operator  recoverCluster: the JobManager Deployment is gone; its remains are being collected
            event Missing: Missing JobManager deployment
flink     job id-1 is RESTARTING
flink     JobManager orders-pod dies
status    FlinkDeployment orders is UPGRADING
operator  recoverCluster: the JobManager Deployment is lost → merge ConfigMap orders-cluster-config-map, create Deployment orders, apply Service orders-rest, apply ConfigMap flink-config-orders, apply ConfigMap autoscaler-orders
            event RecoverDeployment: Recovering lost deployment
            event Submit: Starting deployment
status    FlinkDeployment orders is DEPLOYED
operator  continueOperation: the cluster is created
flink     JobManager orders-pod leads
flink     job id-2 starts empty (submission)
            event JobStatusChanged: Job status changed from RECONCILING to INITIALIZING
flink     job id-2 is CREATED
flink     job id-2 is RUNNING
            event JobStatusChanged: Job status changed from INITIALIZING to CREATED
world     … until the job runs as wanted
status    FlinkDeployment orders is STABLE
            event JobStatusChanged: Job status changed from CREATED to RUNNING
