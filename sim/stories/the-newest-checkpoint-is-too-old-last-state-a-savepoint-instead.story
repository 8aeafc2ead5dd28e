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
user      60 s pass
user      a user edits the spec: a new image
world     … until the job runs as wanted
operator  upgrade: image changed; the newest checkpoint is older than the limit: stop with savepoint first → stop-with-savepoint id-2
            event SpecChanged: UPGRADE change(s) detected (Diff: FlinkDeploymentSpec[image : flink:1 -> flink:2, job.upgradeMode : stateless -> last-state]), starting reconciliation.
            event Suspended: Suspending existing deployment.
operator  continueOperation: the savepoint is in progress
flink     savepoint file:///sp/savepoint is complete
flink     job id-1 is FINISHED
status    FlinkDeployment orders is UPGRADING
operator  continueOperation: the savepoint is at file:///sp/savepoint; waiting for the end of the JobManager Deployment → delete Deployment orders
            event JobStatusChanged: Job status changed from RUNNING to FINISHED
operator  continueOperation: the old cluster makes room; waiting for the end of the JobManager Deployment
flink     JobManager orders-pod dies
operator  continueOperation: the old cluster makes room; waiting for the end of HA metadata → delete ConfigMap orders-cluster-config-map
operator  continueOperation: the old cluster makes room → create Deployment orders, apply Service orders-rest, apply ConfigMap flink-config-orders, apply ConfigMap autoscaler-orders
            event Submit: Starting deployment
status    FlinkDeployment orders is DEPLOYED
operator  continueOperation: the cluster is created
flink     JobManager orders-pod leads
flink     job id-3 starts from file:///sp/savepoint (submission)
            event JobStatusChanged: Job status changed from RECONCILING to INITIALIZING
flink     job id-3 is CREATED
flink     job id-3 is RUNNING
            event JobStatusChanged: Job status changed from INITIALIZING to CREATED
status    FlinkDeployment orders is STABLE
            event JobStatusChanged: Job status changed from CREATED to RUNNING
