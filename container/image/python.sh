# shellcheck shell=bash disable=SC2154 # downloads: set in step.sh
# Python as `python3`: the distribution's where it has this version, else a relocatable build.
if is_packaged "python$PYTHON_VERSION"; then
	packages "python$PYTHON_VERSION" "python$PYTHON_VERSION-venv"
	ln -sf "/usr/bin/python$PYTHON_VERSION" /usr/local/bin/python3
else
	archive=$(fetch get python "$PYTHON_VERSION" "$downloads")
	tar -xzf "$archive" -C /opt
	link /opt/python/bin/python3 "/opt/python/bin/python$PYTHON_VERSION"
	rm "$archive"
fi
ln -sf /usr/local/bin/python3 /usr/local/bin/python
