operator  life 1 begins
user      a user creates FlinkStateSnapshot one
user      120 s pass
operator  refuse: Target for snapshot was not found: there is no FlinkDeployment nobody in namespace shop. → merge FlinkStateSnapshot one
            event ValidationError: Target for snapshot was not found: there is no FlinkDeployment nobody in namespace shop.
operator  refuse: Target for snapshot was not found: there is no FlinkDeployment nobody in namespace shop.
