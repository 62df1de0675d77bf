package enginetest

import (
	"hash/fnv"
	"time"

	"patchdeck/engine/inventory"
)

// mostHosts is how many hosts have a nanosecond of their own to answer in, in every round of twice as many.
const mostHosts = 20_000

// Tick is for engine.Options: by its odd nanosecond the loop wakes beside the even ones in which hosts answer.
const Tick = 10*time.Millisecond + time.Nanosecond

// latency is how long a call takes that begins now: about 20 ms. No two hosts ever answer in the same nanosecond, so that virtual time orders
// their answers.
func (w *World) latency(id inventory.ServerID, about string) time.Duration {
	took := 20*time.Millisecond + span(id, about, 0, 10*time.Millisecond)
	early := (time.Now().Add(took).UnixNano() - 2*int64(w.hosts[id].number)) % (2 * mostHosts)
	return took + time.Duration(2*mostHosts-early)
}

func span(id inventory.ServerID, what string, least, most time.Duration) time.Duration {
	h := fnv.New64a()
	h.Write([]byte(string(id) + what))
	return least + time.Duration(h.Sum64()%uint64(most-least))
}
