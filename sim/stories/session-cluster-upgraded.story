operator  life 1 begins
user      a user creates FlinkDeployment orders
world     … until the session cluster is ready
status    FlinkDeployment orders is UPGRADING
operator  firstDeploy: first deployment → create Deployment orders, apply Service orders, apply Service orders-rest, apply ConfigMap flink-config-orders
status    FlinkDeployment orders is DEPLOYED
operator  continueOperation: the cluster is created
flink     JobManager orders-pod leads
status    FlinkDeployment orders is STABLE
user      a user edits the spec: a new image
world     … until the session cluster is ready
status    FlinkDeployment orders is UPGRADING
operator  upgrade: image changed; the JobManager ends before its TaskManagers → merge Deployment orders
            event SpecChanged: UPGRADE change(s) detected (Diff: FlinkDeploymentSpec[image : flink:1 -> flink:2]), starting reconciliation.
operator  continueOperation: the old cluster makes room; the JobManager ends before its TaskManagers
flink     JobManager orders-pod dies
operator  continueOperation: the old cluster makes room; waiting for the end of the JobManager Deployment → delete Deployment orders
operator  continueOperation: the old cluster makes room; waiting for the end of the JobManager Deployment
operator  continueOperation: the old cluster makes room → create Deployment orders, apply Service orders, apply Service orders-rest, apply ConfigMap flink-config-orders
status    FlinkDeployment orders is DEPLOYED
operator  continueOperation: the cluster is created
flink     JobManager orders-clcdhgkgc-2nbcp leads
status    FlinkDeployment orders is STABLE
