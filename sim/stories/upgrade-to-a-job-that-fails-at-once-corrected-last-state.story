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
user      a user edits the spec: a failing job
world     … until it fails
status    FlinkDeployment orders is UPGRADING
operator  upgrade: image changed; HA metadata holds the last state; the JobManager ends before its TaskManagers → merge Deployment orders
            event SpecChanged: UPGRADE change(s) detected (Diff: FlinkDeploymentSpec[image : flink:1 -> flink:job-fails, job.upgradeMode : stateless -> last-state]), starting reconciliation.
            event Suspended: Suspending existing deployment.
operator  continueOperation: the old cluster makes room; the JobManager ends before its TaskManagers
flink     JobManager orders-pod dies
operator  continueOperation: the old cluster makes room; waiting for the end of the JobManager Deployment → delete Deployment orders
operator  continueOperation: the old cluster makes room; waiting for the end of the JobManager Deployment
operator  continueOperation: the old cluster makes room → merge ConfigMap orders-cluster-config-map, create Deployment orders, apply Service orders-rest, apply ConfigMap flink-config-orders, apply ConfigMap autoscaler-orders
            event Submit: Starting deployment
status    FlinkDeployment orders is DEPLOYED
operator  continueOperation: the cluster is created
flink     JobManager orders-kdkdlglgg-cr4jh leads
flink     job id-1 starts from file:///cp/id-1/chk-1 (submission)
flink     job id-1 is CREATED
            event JobStatusChanged: Job status changed from RECONCILING to CREATED
flink     job id-1 is RUNNING
status    FlinkDeployment orders is STABLE
            event JobStatusChanged: Job status changed from CREATED to RUNNING
flink     job id-1 is FAILED
            event JobException: java.lang.IllegalStateException: no such column
status    FlinkDeployment orders is FAILED
user      a user edits the spec: the right image
world     … until the job runs as wanted
            event JobStatusChanged: Job status changed from RECONCILING to FAILED
            event Error: java.lang.IllegalStateException: no such column
status    FlinkDeployment orders is UPGRADING
operator  upgrade: image changed; the job has ended; it resumes from its last checkpoint; waiting for the end of the JobManager Deployment → delete Deployment orders
            event SpecChanged: UPGRADE change(s) detected (Diff: FlinkDeploymentSpec[image : flink:job-fails -> flink:2]), starting reconciliation.
operator  continueOperation: the old cluster makes room; waiting for the end of the JobManager Deployment
flink     JobManager orders-kdkdlglgg-cr4jh dies
operator  continueOperation: the old cluster makes room; waiting for the end of HA metadata → delete ConfigMap orders-cluster-config-map
operator  continueOperation: the old cluster makes room → create Deployment orders, apply Service orders-rest, apply ConfigMap flink-config-orders, apply ConfigMap autoscaler-orders
            event Submit: Starting deployment
status    FlinkDeployment orders is DEPLOYED
operator  continueOperation: the cluster is created
flink     JobManager orders-pod leads
flink     job id-2 starts from file:///cp/id-1/chk-1 (submission)
            event JobStatusChanged: Job status changed from RECONCILING to INITIALIZING
flink     job id-2 is CREATED
flink     job id-2 is RUNNING
            event JobStatusChanged: Job status changed from INITIALIZING to CREATED
status    FlinkDeployment orders is STABLE
            event JobStatusChanged: Job status changed from CREATED to RUNNING
