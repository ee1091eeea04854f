{{/* The container of a job or test: a service's image as the client of the running service. */}}
{{- define "cdc.client" -}}
image: {{ include "cdc.image" . }}
imagePullPolicy: {{ .root.Values.images.pullPolicy }}
args: {{ toJson .args }}
securityContext:
  {{- include "cdc.containerSecurity" . | nindent 2 }}
env:
  - name: {{ .urlVariable }}
    value: {{ .url }}
  - name: CDC_API_TOKEN
    valueFrom:
      secretKeyRef:
        name: {{ include "cdc.apiTokenSecret" .root }}
        key: token
resources:
  requests: {cpu: 10m, memory: 128Mi}
  limits: {memory: 128Mi}
volumeMounts:
  - name: tmp
    mountPath: /tmp
{{- end }}
