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
user      the job fails for good
flink     job id-1 is FAILED
world     … until the job has failed
            event JobException: java.lang.RuntimeException: boom
status    FlinkDeployment orders is FAILED
user      a user edits the spec: a new image
world     … until it is told
            event JobStatusChanged: Job status changed from RECONCILING to FAILED
            event Error: java.lang.RuntimeException: boom
operator  upgrade: Job is in terminal state but last checkpoint is unknown, possibly due to an unrecoverable restore error. Manual restore required.
            event SpecChanged: UPGRADE change(s) detected (Diff: FlinkDeploymentSpec[image : flink:1 -> flink:2, job.upgradeMode : stateless -> last-state]), starting reconciliation.
            event UpgradeFailed: Job is in terminal state but last checkpoint is unknown, possibly due to an unrecoverable restore error. Manual restore required. Set spec.job.initialSavepointPath to the checkpoint to resume from and change spec.job.savepointRedeployNonce.
