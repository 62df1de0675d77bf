package serve

import (
	"encoding/base64"
	"fmt"
	"strconv"

	gossh "golang.org/x/crypto/ssh"

	"patchdeck/engine/approval"
)

// An identity lives in the permissions of its connection, which are those of the key that signed; nothing that an
// authentication attempt leaves elsewhere is trusted.
const (
	keyExtension  = "patchdeck-key"
	peerExtension = "patchdeck-peer"
)

// Peer is the process at the other end of the socket, by the kernel's word.
type Peer struct {
	UID, GID uint32
	PID      int32 // 0 where the kernel does not tell
}

func keyPermissions(key gossh.PublicKey) *gossh.Permissions {
	return &gossh.Permissions{Extensions: map[string]string{keyExtension: base64.StdEncoding.EncodeToString(key.Marshal())}}
}

func peerPermissions(peer Peer) *gossh.Permissions {
	return &gossh.Permissions{Extensions: map[string]string{peerExtension: strconv.FormatUint(uint64(peer.UID), 10)}}
}

// actor says who acts on a connection by the users as they are now.
func (s *Server) actor(permissions *gossh.Permissions) (approval.Actor, error) {
	if permissions == nil {
		return approval.Actor{}, errNobody
	}
	if text, ok := permissions.Extensions[peerExtension]; ok {
		uid, err := strconv.ParseUint(text, 10, 32)
		if err != nil {
			return approval.Actor{}, errNobody
		}
		return s.known(s.options.Local(Peer{UID: uint32(uid)}))("socket")
	}
	wire, err := base64.StdEncoding.DecodeString(permissions.Extensions[keyExtension])
	if err != nil {
		return approval.Actor{}, errNobody
	}
	key, err := gossh.ParsePublicKey(wire)
	if err != nil {
		return approval.Actor{}, errNobody
	}
	return s.known(s.options.Identify(key))("ssh")
}

var errNobody = fmt.Errorf("you are not in the users file (any more): ask the administrator of patchdeck")

func (s *Server) known(actor approval.Actor, ok bool) func(via string) (approval.Actor, error) {
	return func(via string) (approval.Actor, error) {
		if !ok || actor.Name == "" {
			return approval.Actor{}, errNobody
		}
		actor.Via = via
		return actor, nil
	}
}
