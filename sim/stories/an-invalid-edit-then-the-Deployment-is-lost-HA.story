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
user      a user edits the spec: parallelism 0
user      5 s pass
user      somebody deletes the JobManager Deployment
user      20 s pass
operator  recoverCluster: the JobManager Deployment is gone; its remains are being collected
            event Missing: Missing JobManager deployment
            event ValidationError: Job parallelism is 0, and at least 1 is needed.
flink     job id-1 is RESTARTING
flink     JobManager orders-pod dies
status    FlinkDeployment orders is UPGRADING
operator  recoverCluster: the JobManager Deployment is lost → merge ConfigMap orders-cluster-config-map, create Deployment orders, apply Service orders-rest, apply ConfigMap flink-config-orders, apply ConfigMap autoscaler-orders
            event RecoverDeployment: Recovering lost deployment
            event Submit: Starting deployment
status    FlinkDeployment orders is DEPLOYED
operator  continueOperation: the cluster is created
            event ValidationError: Job parallelism is 0, and at least 1 is needed.
flink     JobManager orders-pod leads
flink     job id-1 starts from file:///cp/id-1/chk-2 (submission)
flink     job id-1 is CREATED
            event JobStatusChanged: Job status changed from RECONCILING to CREATED
flink     job id-1 is RUNNING
world     … until it runs again
status    FlinkDeployment orders is STABLE
            event JobStatusChanged: Job status changed from CREATED to RUNNING
