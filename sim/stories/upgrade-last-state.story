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
user      … until 2 more checkpoints are complete
            event JobStatusChanged: Job status changed from CREATED to RUNNING
user      a user edits the spec: a new image
world     … until the job runs as wanted
status    FlinkDeployment orders is UPGRADING
operator  upgrade: image changed; HA metadata holds the last state; the JobManager ends before its TaskManagers → merge Deployment orders
            event SpecChanged: UPGRADE change(s) detected (Diff: FlinkDeploymentSpec[image : flink:1 -> flink:2, job.upgradeMode : stateless -> last-state]), starting reconciliation.
            event Suspended: Suspending existing deployment.
operator  continueOperation: the old cluster makes room; the JobManager ends before its TaskManagers
flink     JobManager orders-pod dies
operator  continueOperation: the old cluster makes room; waiting for the end of the JobManager Deployment → delete Deployment orders
operator  continueOperation: the old cluster makes room; waiting for the end of the JobManager Deployment
operator  continueOperation: the old cluster makes room → merge ConfigMap orders-cluster-config-map, create Deployment orders, apply Service orders-rest, apply ConfigMap flink-config-orders, apply ConfigMap autoscaler-orders
            event Submit: Starting deployment
status    FlinkDeployment orders is DEPLOYED
operator  continueOperation: the cluster is created
flink     JobManager orders-pod leads
flink     job id-1 starts from file:///cp/id-1/chk-2 (submission)
flink     job id-1 is CREATED
            event JobStatusChanged: Job status changed from RECONCILING to CREATED
flink     job id-1 is RUNNING
status    FlinkDeployment orders is STABLE
            event JobStatusChanged: Job status changed from CREATED to RUNNING
