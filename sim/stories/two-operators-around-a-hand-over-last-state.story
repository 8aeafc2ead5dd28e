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
user      … until 1 more checkpoint is complete
            event JobStatusChanged: Job status changed from CREATED to RUNNING
user      a second operator begins while the first still acts
operator  life 2 begins
user      2 s pass
user      a user edits the spec: a new image
user      6 s pass
status    FlinkDeployment orders is UPGRADING
operator  upgrade: image changed; HA metadata holds the last state; waiting for the end of the JobManager Deployment → delete Deployment orders — somebody else wrote first
            event SpecChanged: UPGRADE change(s) detected (Diff: FlinkDeploymentSpec[image : flink:1 -> flink:2, job.upgradeMode : stateless -> last-state]), starting reconciliation.
            event Suspended: Suspending existing deployment.
operator  continueOperation: the old cluster makes room; waiting for the end of the JobManager Deployment → delete Deployment orders
operator  continueOperation: the old cluster makes room; waiting for the end of the JobManager Deployment
operator  upgrade: image changed; HA metadata holds the last state; waiting for the end of the JobManager Deployment → delete Deployment orders
            event SpecChanged: UPGRADE change(s) detected (Diff: FlinkDeploymentSpec[image : flink:1 -> flink:2, job.upgradeMode : stateless -> last-state]), starting reconciliation.
            event Suspended: Suspending existing deployment.
operator  continueOperation: the old cluster makes room; waiting for the end of the JobManager Deployment
flink     job id-1 is RESTARTING
flink     JobManager orders-pod dies
operator  continueOperation: the old cluster makes room → merge ConfigMap orders-cluster-config-map, create Deployment orders, apply Service orders-rest, apply ConfigMap flink-config-orders, apply ConfigMap autoscaler-orders — somebody else wrote first
            event Submit: Starting deployment
operator  continueOperation: everything old is gone → merge ConfigMap orders-cluster-config-map, create Deployment orders, apply Service orders-rest, apply ConfigMap flink-config-orders, apply ConfigMap autoscaler-orders — failed: KubeError: Operation cannot be fulfilled on configmaps "orders-cluster-config-map": the object has been modified; please apply your changes to the latest version and try again
operator  continueOperation: the old cluster makes room → merge ConfigMap orders-cluster-config-map, create Deployment orders, apply Service orders-rest, apply ConfigMap flink-config-orders, apply ConfigMap autoscaler-orders
            event Submit: Starting deployment
operator  continueOperation: the cluster is not complete yet → create Deployment orders, apply Service orders-rest, apply ConfigMap flink-config-orders, apply ConfigMap autoscaler-orders
status    FlinkDeployment orders is DEPLOYED
operator  continueOperation: the cluster is created
operator  continueOperation: the cluster is created — somebody else wrote first
user      the first operator ends for good
operator  life 1 ends
world     … until the job runs as wanted
flink     JobManager orders-pod leads
flink     job id-1 starts from file:///cp/id-1/chk-2 (submission)
flink     job id-1 is CREATED
            event JobStatusChanged: Job status changed from RECONCILING to CREATED
flink     job id-1 is RUNNING
status    FlinkDeployment orders is STABLE
            event JobStatusChanged: Job status changed from CREATED to RUNNING
