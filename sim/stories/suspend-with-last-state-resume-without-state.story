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
user      a user edits the spec: suspended
world     … until the job is suspended
status    FlinkDeployment orders is UPGRADING
operator  upgrade: job.state changed; HA metadata holds the last state; the JobManager ends before its TaskManagers → merge Deployment orders
            event SpecChanged: UPGRADE change(s) detected (Diff: FlinkDeploymentSpec[job.state : running -> suspended, job.upgradeMode : stateless -> last-state]), starting reconciliation.
            event Suspended: Suspending existing deployment.
operator  continueOperation: the old cluster makes room; the JobManager ends before its TaskManagers
flink     JobManager orders-pod dies
operator  continueOperation: the old cluster makes room; waiting for the end of the JobManager Deployment → delete Deployment orders
operator  continueOperation: the old cluster makes room; waiting for the end of the JobManager Deployment
status    FlinkDeployment orders is SUSPENDED
user      a user edits the spec: running, stateless
world     … until the job runs as wanted
operator  continueOperation: the job is stopped and its state kept as the spec asks
status    FlinkDeployment orders is UPGRADING
operator  upgrade: resumed by the user → merge ConfigMap orders-cluster-config-map, create Deployment orders, apply Service orders-rest, apply ConfigMap flink-config-orders, apply ConfigMap autoscaler-orders
            event SpecChanged: UPGRADE change(s) detected (Diff: FlinkDeploymentSpec[job.state : suspended -> running, job.upgradeMode : last-state -> stateless]), starting reconciliation.
            event Submit: Starting deployment
status    FlinkDeployment orders is DEPLOYED
operator  continueOperation: the cluster is created
flink     JobManager orders-pod leads
flink     job id-2 starts empty (submission)
            event JobStatusChanged: Job status changed from RECONCILING to INITIALIZING
flink     job id-2 is CREATED
flink     job id-2 is RUNNING
            event JobStatusChanged: Job status changed from INITIALIZING to CREATED
status    FlinkDeployment orders is STABLE
            event JobStatusChanged: Job status changed from CREATED to RUNNING
