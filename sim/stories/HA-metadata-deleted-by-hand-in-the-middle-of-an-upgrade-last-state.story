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
flink     job id-1 is CREATED
flink     job id-1 is RUNNING
            event JobStatusChanged: Job status changed from RECONCILING to CREATED
status    FlinkDeployment orders is STABLE
user      … until 2 more checkpoints are complete
            event JobStatusChanged: Job status changed from CREATED to RUNNING
user      a user edits the spec: a new image
world     … until the reconciliation state is UPGRADING
status    FlinkDeployment orders is UPGRADING
user      somebody deletes the HA ConfigMaps
user      120 s pass
operator  upgrade: image changed; HA metadata holds the last state; waiting for the end of the JobManager Deployment → delete Deployment orders
            event SpecChanged: UPGRADE change(s) detected (Diff: FlinkDeploymentSpec[image : flink:1 -> flink:2, job.upgradeMode : stateless -> last-state]), starting reconciliation.
            event Suspended: Suspending existing deployment.
operator  continueOperation: the old cluster makes room; waiting for the end of the JobManager Deployment
flink     job id-1 is RESTARTING
flink     JobManager orders-pod dies
operator  continueOperation: HA metadata is not available to restore from last state. It is possible that the job has finished or terminally failed, or the configmaps have been deleted. Manual restore required.
            event RestoreFailed: HA metadata is not available to restore from last state. It is possible that the job has finished or terminally failed, or the configmaps have been deleted. Manual restore required. Set spec.job.initialSavepointPath to the state to resume from and change spec.job.savepointRedeployNonce.
