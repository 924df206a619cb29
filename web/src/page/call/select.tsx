/** One device of several. */
export function Select({ label, devices, value, onPick }: { label: string; devices: MediaDeviceInfo[]; value: string | null; onPick(id: string): void }) {
	if (devices.length === 0)
		return null;
	return (
		<label>
			<span>{label}</span>
			<select class="input" value={value ?? devices[0]?.deviceId} onChange={(event) => onPick(event.currentTarget.value)}>
				{devices.map((device) => <option key={device.deviceId} value={device.deviceId}>{device.label}</option>)}
			</select>
		</label>
	);
}
