package status

import (
	"github.com/prometheus/client_golang/prometheus"

	"patchdeck/engine/rollout"
)

// collector reads the newest view when it is asked.
type collector struct{ Options }

func describe(name, help string, labels ...string) *prometheus.Desc {
	return prometheus.NewDesc("patchdeck_"+name, help, labels, nil)
}

var (
	viewTime       = describe("view_timestamp_seconds", "Time of the newest view, in the engine's clock.")
	trailEntries   = describe("audit_entries_total", "Entries in the audit trail.")
	diskFree       = describe("store_free_bytes", "Bytes left on the store's disk.")
	readOnly       = describe("read_only", "1 while nothing new starts: the clock is not to be trusted, or the disk is nearly full.")
	serverCount    = describe("servers", "Servers in the inventory.")
	serverTrouble  = describe("servers_in_trouble", "Servers whose last reading failed.")
	needCount      = describe("needs", "What waits for a person.", "urgency")
	advertisements = describe("advertisements", "Advertisements of a rollout that is not closed, by delivery status.", "rollout", "ring", "status")
	stopScore      = describe("stop_score", "The stop rule's score in the open window.", "rollout", "window")
	rolloutState   = describe("rollout_state", "1 for the state that a rollout is in.", "rollout", "ring", "state")
	successRate    = describe("verified_per_hour", "Verified successes an hour, over the last half hour.", "rollout")
)

// Describe implements prometheus.Collector.
func (c collector) Describe(to chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{viewTime, trailEntries, diskFree, readOnly, serverCount, serverTrouble, needCount, advertisements, stopScore, rolloutState, successRate} {
		to <- d
	}
}

// Collect implements prometheus.Collector.
func (c collector) Collect(to chan<- prometheus.Metric) {
	gauge := func(d *prometheus.Desc, value float64, labels ...string) {
		to <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, value, labels...)
	}
	v := c.Viewer.View()
	gauge(viewTime, float64(v.At.UnixMilli())/1000)
	to <- prometheus.MustNewConstMetric(trailEntries, prometheus.CounterValue, float64(v.Head.Seq))
	if c.Free != nil {
		if free, err := c.Free(); err == nil {
			gauge(diskFree, float64(free))
		}
	}
	gauge(readOnly, oneIf(v.ReadOnly != ""))
	gauge(serverCount, float64(len(v.Servers)))
	trouble := 0
	for i := range v.Servers {
		if v.Servers[i].Trouble != "" {
			trouble++
		}
	}
	gauge(serverTrouble, float64(trouble))
	urgent := 0
	for _, n := range v.Needs {
		if n.Urgent {
			urgent++
		}
	}
	gauge(needCount, float64(urgent), "urgent")
	gauge(needCount, float64(len(v.Needs)-urgent), "ordinary")
	for i := range v.Rollouts {
		r := &v.Rollouts[i]
		gauge(rolloutState, 1, r.ID, string(r.Ring), string(r.State))
		if r.State == rollout.Closed {
			continue
		}
		for _, s := range rollout.Statuses {
			gauge(advertisements, float64(r.Counts[s.Delivery]), r.ID, string(r.Ring), string(s.Delivery))
		}
		gauge(successRate, r.Rate, r.ID)
		if r.Current >= 0 && r.Current < len(r.Windows) {
			w := r.Windows[r.Current]
			gauge(stopScore, float64(w.Score), r.ID, w.ID)
		}
	}
}

func oneIf(yes bool) float64 {
	if yes {
		return 1
	}
	return 0
}
