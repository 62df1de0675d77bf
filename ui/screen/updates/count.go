package updates

import (
	"slices"

	"patchdeck/engine/catalog"
	"patchdeck/engine/inventory"
)

// counts is how many servers an update concerns.
type counts struct{ missing, compliant, unknown int }

// survey is the fleet reduced to what updates are counted by: it is made once a view.
type survey struct {
	offered   map[string]int // by KB: servers whose scan offers it
	installed map[string]int // by KB: servers that list it as installed
	builds    map[inventory.Build]builds
}

// builds is how many servers run one build.
type builds struct{ scanned, unscanned int }

func surveyOf(servers []inventory.Server) survey {
	s := survey{offered: map[string]int{}, installed: map[string]int{}, builds: map[inventory.Build]builds{}}
	for i := range servers {
		v := &servers[i]
		if v.Scan != nil {
			for _, o := range v.Scan.Offered {
				s.offered[o.KB]++
			}
		}
		if v.Facts == nil {
			continue
		}
		for _, kb := range v.Facts.Updates {
			s.installed[kb]++
		}
		n := s.builds[v.Facts.Build]
		if v.Scan == nil {
			n.unscanned++
		} else {
			n.scanned++
		}
		s.builds[v.Facts.Build] = n
	}
	return s
}

// count tells how many servers miss an update and how many have it: by build where a build proves it, else by the list of
// what is installed. Servers of its products that were never scanned and are below the build are unknown.
func (s survey) count(u catalog.Update) counts {
	c := counts{missing: s.offered[u.KB]}
	byBuild := false
	for on, n := range s.builds {
		fixed, ok := u.FixedBuild(on)
		if !ok {
			continue
		}
		byBuild = true
		if on.AtLeast(fixed) {
			c.compliant += n.scanned + n.unscanned
		} else {
			c.unknown += n.unscanned
		}
	}
	if !byBuild {
		c.compliant = s.installed[u.KB]
	}
	return c
}

// worstFirst orders updates as people read them: exploited ones, then by severity, then by KB.
func worstFirst(updates []catalog.Update) []catalog.Update {
	sorted := slices.Clone(updates)
	slices.SortStableFunc(sorted, func(a, b catalog.Update) int {
		switch {
		case a.Exploited != b.Exploited:
			if a.Exploited {
				return -1
			}
			return 1
		case a.Severity != b.Severity:
			return int(b.Severity - a.Severity)
		case a.KB < b.KB:
			return -1
		default:
			return 1
		}
	})
	return sorted
}
