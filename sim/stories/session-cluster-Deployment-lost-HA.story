operator  life 1 begins
user      a user creates FlinkDeployment orders
world     … until the session cluster is ready
status    FlinkDeployment orders is UPGRADING
operator  firstDeploy: first deployment → create Deployment orders, apply Service orders-rest, apply ConfigMap flink-config-orders
status    FlinkDeployment orders is DEPLOYED
operator  continueOperation: the cluster is created
flink     JobManager orders-pod leads
status    FlinkDeployment orders is STABLE
user      somebody deletes the JobManager Deployment
user      3 s pass
operator  recoverCluster: the JobManager Deployment is gone; its remains are being collected
            event Missing: Missing JobManager deployment
flink     JobManager orders-pod dies
status    FlinkDeployment orders is UPGRADING
operator  recoverCluster: the JobManager Deployment is lost → create Deployment orders, apply Service orders-rest, apply ConfigMap flink-config-orders
status    FlinkDeployment orders is DEPLOYED
operator  continueOperation: the cluster is created
world     … until the session cluster is ready
flink     JobManager orders-pod leads
status    FlinkDeployment orders is STABLE
