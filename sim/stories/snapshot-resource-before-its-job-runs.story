operator  life 1 begins
user      a user creates FlinkDeployment orders
user      a user creates FlinkStateSnapshot one
user      90 s pass
status    FlinkDeployment orders is UPGRADING
operator  trigger: Snapshot one was abandoned: the job orders is not RUNNING (it is not submitted). → merge FlinkStateSnapshot one
            event SnapshotAbandoned: Snapshot one was abandoned: the job orders is not RUNNING (it is not submitted).
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
            event JobStatusChanged: Job status changed from CREATED to RUNNING
world     … until the job runs as wanted
