operator  life 1 begins
user      a user creates FlinkDeployment orders
user      60 s pass
status    FlinkDeployment orders is UPGRADING
operator  firstDeploy: first deployment, from file:///sp/none → create Deployment orders, apply Service orders, apply Service orders-rest, apply ConfigMap flink-config-orders, apply ConfigMap autoscaler-orders
            event Submit: Starting deployment
status    FlinkDeployment orders is DEPLOYED
operator  continueOperation: the cluster is created
flink     JobManager orders-pod leads
flink     job id-1 starts from file:///sp/none (submission)
            event JobStatusChanged: Job status changed from RECONCILING to INITIALIZING
flink     job id-1 is FAILED
status    FlinkDeployment orders is FAILED
            event JobStatusChanged: Job status changed from RECONCILING to FAILED
            event Error: java.io.FileNotFoundException: Cannot find checkpoint or savepoint file:///sp/none
user      a user edits the spec: start empty
world     … until the job runs as wanted
status    FlinkDeployment orders is UPGRADING
operator  upgrade: image changed; the job has ended and no state is to be kept; waiting for the end of the JobManager Deployment → delete Deployment orders
            event SpecChanged: UPGRADE change(s) detected (Diff: FlinkDeploymentSpec[image : flink:1 -> flink:2, job.initialSavepointPath : file:///sp/none -> null, job.upgradeMode : savepoint -> stateless]), starting reconciliation.
operator  continueOperation: the old cluster makes room; waiting for the end of the JobManager Deployment
flink     JobManager orders-pod dies
operator  continueOperation: the old cluster makes room → create Deployment orders, apply Service orders, apply Service orders-rest, apply ConfigMap flink-config-orders, apply ConfigMap autoscaler-orders
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
