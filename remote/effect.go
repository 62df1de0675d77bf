package remote

import "maps"

// These scripts change something on the server too; those of jobs and restarts stand beside call.
func init() {
	maps.Copy(effects, map[string]bool{
		"cluster-suspend": true, "cluster-resume": true, "baseline": true, "clean-up": true, "monitoring": true,
		"fsmo-move": true, "fsmo-return": true,
	})
}
