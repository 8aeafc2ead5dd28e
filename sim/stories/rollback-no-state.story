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
user      a user edits the spec: a hanging image
world     … until it is rolled back
            event JobStatusChanged: Job status changed from CREATED to RUNNING
status    FlinkDeployment orders is UPGRADING
flink     job id-1 is CANCELLING
operator  upgrade: image changed; upgrade mode is stateless; waiting for the end of the JobManager Deployment → cancel id-1, delete Deployment orders
            event SpecChanged: UPGRADE change(s) detected (Diff: FlinkDeploymentSpec[image : flink:1 -> flink:never-ready]), starting reconciliation.
            event Suspended: Suspending existing deployment.
operator  continueOperation: the old cluster makes room; waiting for the end of the JobManager Deployment
flink     JobManager orders-pod dies
operator  continueOperation: the old cluster makes room; waiting for the end of HA metadata → delete ConfigMap orders-cluster-config-map, delete ConfigMap orders-id-1-config-map
operator  continueOperation: the old cluster makes room → create Deployment orders, apply Service orders-rest, apply ConfigMap flink-config-orders, apply ConfigMap autoscaler-orders
            event Submit: Starting deployment
status    FlinkDeployment orders is DEPLOYED
operator  continueOperation: the cluster is created
status    FlinkDeployment orders is ROLLING_BACK
operator  rollBack: the deployment did not get stable in time: back to the last stable spec; waiting for the end of the JobManager Deployment → delete Deployment orders
            event Rollback: Rolling back failed deployment.
operator  continueOperation: the old cluster makes room; waiting for the end of the JobManager Deployment
operator  continueOperation: the old cluster makes room → create Deployment orders, apply Service orders-rest, apply ConfigMap flink-config-orders, apply ConfigMap autoscaler-orders
            event Submit: Starting deployment
status    FlinkDeployment orders is ROLLED_BACK
operator  continueOperation: the cluster is created
flink     JobManager orders-pod leads
flink     job id-2 starts empty (submission)
            event JobStatusChanged: Job status changed from RECONCILING to INITIALIZING
flink     job id-2 is CREATED
flink     job id-2 is RUNNING
            event JobStatusChanged: Job status changed from INITIALIZING to CREATED
            event JobStatusChanged: Job status changed from CREATED to RUNNING
